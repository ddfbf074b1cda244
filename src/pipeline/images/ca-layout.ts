/** What the image of Fabric CA contains. It loads nothing, so that every command can know it. */

/** Port on which the server listens in its container. */
export const CA_PORT = 7054;
/** Folder of the server in the container. */
export const CA_HOME = '/etc/hyperledger/fabric-ca-server';
/** Programs in `/usr/local/bin` of the image. */
export const CA_PROGRAMS = ['fabric-ca-server', 'fabric-ca-client'] as const;
/** File of a builder with SQLite, for a checkout that does not bundle it. */
export const SQLITE_HEADER = '/usr/include/sqlite3.h';
