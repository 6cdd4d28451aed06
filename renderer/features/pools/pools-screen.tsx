export function PoolsScreen() {
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Pools</h1>
      </div>
    </main>
  );
}
