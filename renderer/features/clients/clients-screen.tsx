export function ClientsScreen() {
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Clients</h1>
      </div>
    </main>
  );
}
