/**
 * A client as `fabric-ca-client` 2.2 is used: it enrols the administrator of a CA, registers an identity and enrols it, and
 * prints the identity as JSON.
 * Arguments: connection profile, file with the administrator, name of the new identity.
 */
const { readFileSync } = require('node:fs');
const FabricCAServices = require('fabric-ca-client');
const { User } = require('fabric-common');

const [profileFile, adminFile, name] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(profileFile, 'utf8'));
const { name: enrollmentID, secret: enrollmentSecret } = JSON.parse(readFileSync(adminFile, 'utf8'));

async function main() {
  const organisation = profile.organizations[profile.client.organization];
  const { url, caName, tlsCACerts } = profile.certificateAuthorities[organisation.certificateAuthorities[0]];
  const ca = new FabricCAServices(url, { trustedRoots: tlsCACerts.pem, verify: true }, caName);
  const { key, certificate } = await ca.enroll({ enrollmentID, enrollmentSecret });
  const admin = User.createUser(
    enrollmentID,
    enrollmentSecret,
    organisation.mspid,
    certificate,
    key.toBytes(),
  );
  const registered = await ca.register({ enrollmentID: name, affiliation: '', role: 'client' }, admin);
  const user = await ca.enroll({ enrollmentID: name, enrollmentSecret: registered });
  process.stdout.write(JSON.stringify({ certificate: user.certificate, key: user.key.toBytes(), caName }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
