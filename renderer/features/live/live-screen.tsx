export function LiveScreen() {
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Live</h1>
      </div>
    </main>
  );
}
