export function LabScreen() {
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Lab</h1>
      </div>
    </main>
  );
}
