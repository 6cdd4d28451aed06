export const usage = `Evenkeel, a load balancer.

  evenkeel serve --config FILE [--ui HOST:PORT | --no-ui] [--token-file FILE] [--metrics-open]
                 [--history DIR] [--authority DIR]
      Runs the engine without a window. Prints one line when every listener is bound:
      ready {"listeners":[…],"ui":"http://127.0.0.1:7070/","token":"…"}
      The control API and the screens are at --ui (default 127.0.0.1:7070). SIGHUP reads the file again.
      With --history the past (journal, traffic, runs) is kept in DIR, 7 days and 64 MiB of it; else it ends with the process.
      Certificates that the local authority (DIR, default: this user's own) signed are renewed.
  evenkeel check FILE
      Validates a configuration: one line a problem.
  evenkeel demo [--ui HOST:PORT | --no-ui] [--token-file FILE] [--metrics-open]
      Three embedded nodes behind a listener on 127.0.0.1:8080 or the next free port, with simulated clients.
  evenkeel export --config FILE --to haproxy|nginx|nodebalancer-terraform
      Prints the equivalent for another balancer; what cannot be said there is a comment in it and a line on stderr.
  evenkeel import --from haproxy FILE
      Prints an Evenkeel file made from a haproxy.cfg, with a line on stderr for every directive left out.
  evenkeel lab list | lab check FILE|NAME | lab run FILE|NAME [--report FILE] [--ui HOST:PORT | --no-ui]
      Scenarios: the Lab's demo nodes, simulated clients and faults by the clock. run prints a scorecard and what came of each
      expectation; --report writes the run as JSON. Exit code 0: all held, 1: one was broken, or the scenario is invalid.
  evenkeel service install --config FILE [--user | --system] [--low-ports] [--run-as USER]
                           [--history DIR] [--authority DIR] [--print]
  evenkeel service remove [--user | --system] [--purge]
  evenkeel service status [--user | --system]
      Runs serve in the background: a systemd unit, on macOS a launchd property list. --system (root's default) for the machine,
      --user for whoever asks. --low-ports lets it bind ports below 1024. --print shows the file and writes nothing.
  evenkeel cert authority [--show | --renew] [--json]
  evenkeel cert replace [--yes] [--json]
  evenkeel cert issue NAME… [--out DIR] [--days 1–90] [--json]
  evenkeel cert trust [--print] | cert untrust [--print] | cert status [--json]
      A certificate authority of your own for local names and private addresses. trust has this machine's stores trust it where
      that is allowed, and shows the commands where it is not; untrust takes it out again. --print only shows the commands.
      replace says what another authority in its place would change; with --yes it takes the present one out of every store,
      makes the other, and has it sign anew what the present one signed.
      All of them take --authority DIR. Exit code 1: a name is not local, or not every store is as asked.

  --help, --version

Exit codes: 0 well, 1 invalid input, 2 wrong usage, 3 could not bind, 4 internal.
`;

/** The command line cannot be understood: exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
