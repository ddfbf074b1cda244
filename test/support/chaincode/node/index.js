const { Contract } = require('fabric-contract-api');

/** Keeps values by key. */
class Values extends Contract {
  async put(context, key, value) {
    await context.stub.putState(key, Buffer.from(value));
    return value;
  }

  async get(context, key) {
    return (await context.stub.getState(key)).toString();
  }

  /** Ends the process. */
  async end() {
    process.exit(7);
  }
}

exports.contracts = [Values];
