/** The file with the packages of a Node.js chaincode where npm cannot download them. */

/** The installed packages of a chaincode, in its folder, where its build has to work without a registry. */
export const BROUGHT_MODULES = 'fabric-wizard-node-modules.tgz';
