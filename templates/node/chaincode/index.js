/** The chaincode as peers call it. What it does is in ledger.js. */
const { Contract } = require('fabric-contract-api');
const ledger = require('./ledger.js');

class Basic extends Contract {
  async put(context, key, value) {
    return ledger.put(context.stub, key, value);
  }

  async get(context, key) {
    return ledger.get(context.stub, key);
  }
}

exports.contracts = [Basic];
