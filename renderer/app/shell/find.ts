const field = () => document.querySelector<HTMLInputElement>('main input[type=search]');

/** Puts the focus into the search of this screen; where there is none, into that of the clients. */
export function focusFind(): void {
  const here = field();
  if (here) {
    here.focus();
    return;
  }
  location.hash = '#/clients';
  let tries = 30;
  const wait = () => {
    const there = field();
    if (there) there.focus();
    else if (tries-- > 0) requestAnimationFrame(wait);
  };
  requestAnimationFrame(wait);
}
