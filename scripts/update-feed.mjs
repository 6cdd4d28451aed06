/**
 * Read by electron-builder (`extends` in electron-builder.yml): the update feed whoever publishes names by EVENKEEL_UPDATE_URL. Without
 * it no feed is written into the package, and the program says that it has none.
 */

/** @param {string | undefined} given */
function feedOf(given) {
  if (given === undefined || given === '') return null;
  if (!URL.canParse(given))
    throw new Error(`EVENKEEL_UPDATE_URL is no address: "${given}". Give the folder the packages will lie in, as https://….`);
  const { protocol, hostname, username, password, search, hash } = new URL(given);
  const isLocal = protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  // What comes over plain http may be anybody's, the checksums too. Programs refuse such a feed; better to hear it here.
  if (protocol !== 'https:' && !isLocal)
    throw new Error(`EVENKEEL_UPDATE_URL is not https: "${given}". Updates are taken from https alone.`);
  if (username || password)
    throw new Error('EVENKEEL_UPDATE_URL has a user or a password in it, which every package would carry. Leave them out.');
  if (search || hash) throw new Error('EVENKEEL_UPDATE_URL has a query or a fragment. Give the folder alone.');
  return { provider: 'generic', url: given };
}

// electron-builder takes what a configuration file exports by default.
export default () => ({ publish: feedOf(process.env['EVENKEEL_UPDATE_URL']) });
