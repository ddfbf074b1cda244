'use strict';

/**
 * Lets chaincode trust its peer up to Fabric 1.4. The peer signs the certificate of its chaincode port with an authority
 * of its own that is marked for any purpose. OpenSSL refuses such an authority for TLS servers, so its signature and the
 * name of the peer are checked here.
 */
const { X509Certificate } = require('node:crypto');
const { readFileSync } = require('node:fs');
const tls = require('node:tls');

const file = process.env.CORE_PEER_TLS_ROOTCERT_FILE;
const connect = tls.connect;

function isSignedByPeer(certificate, name) {
  const authority = new X509Certificate(readFileSync(file));
  const now = new Date();
  return (
    certificate !== undefined &&
    name !== undefined &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey) &&
    certificate.checkHost(name) !== undefined &&
    new Date(certificate.validFrom) <= now &&
    now <= new Date(certificate.validTo)
  );
}

function connectToPeer(options, listener) {
  const socket = connect({ ...options, rejectUnauthorized: false });
  socket.once('secureConnect', () => {
    if (socket.authorized) return;
    const name = options.servername ?? options.host;
    if (
      socket.authorizationError === 'INVALID_PURPOSE' &&
      isSignedByPeer(socket.getPeerX509Certificate(), name)
    ) {
      socket.authorized = true;
      socket.authorizationError = null;
    } else socket.destroy(new Error(String(socket.authorizationError)));
  });
  if (listener) socket.once('secureConnect', listener);
  return socket;
}

if (file)
  tls.connect = (...args) => {
    const [options, listener] = args;
    const isPlain = typeof options === 'object' && options.rejectUnauthorized !== false;
    return isPlain ? connectToPeer(options, listener) : connect(...args);
  };
