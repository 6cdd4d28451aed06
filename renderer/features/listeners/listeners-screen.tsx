export function ListenersScreen() {
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Listeners</h1>
      </div>
    </main>
  );
}
