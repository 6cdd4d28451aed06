export function SettingsScreen() {
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Settings</h1>
      </div>
    </main>
  );
}
