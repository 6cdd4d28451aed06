let known: boolean | undefined;

/** Whether the page is drawn by a GPU and not by a renderer in software. Asked once. */
export function hasGpu(): boolean {
  if (known !== undefined) return known;
  known = false;
  const gl = document.createElement('canvas').getContext('webgl');
  if (gl) {
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    const name = String(info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.RENDERER));
    known = !/swiftshader|llvmpipe|software|basic render/i.test(name);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return known;
}
