import { connect, getDefaultAutoSelectFamilyAttemptTimeout, type LookupFunction } from 'node:net';

/**
 * A lookup that answers with one address of the name only: the first that accepts a connection on `port`. For sockets that cannot
 * choose among several themselves. When none accepts, it is the last, so that connecting to it says what is wrong.
 */
export function liveLookup(lookup: LookupFunction, port: number): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      if (error !== null || addresses.length === 0) {
        done(error ?? Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), '', 4);
        return;
      }
      const tryFrom = (at: number) => {
        const { address, family } = addresses[at]!;
        const use = () => {
          if (options.all === true) done(null, [{ address, family }]);
          else done(null, address, family);
        };
        if (at === addresses.length - 1) {
          use();
          return;
        }
        const socket = connect({ host: address, port });
        let accepted = false;
        // As long as Node itself gives each address when it tries several.
        const timer = setTimeout(() => socket.destroy(), getDefaultAutoSelectFamilyAttemptTimeout());
        socket.on('error', () => undefined);
        socket.once('connect', () => {
          accepted = true;
          socket.destroySoon();
        });
        socket.once('close', () => {
          clearTimeout(timer);
          if (accepted) use();
          else tryFrom(at + 1);
        });
      };
      tryFrom(0);
    });
  };
}
