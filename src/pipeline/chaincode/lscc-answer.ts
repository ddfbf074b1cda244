/** PURE: parses the answers of the lifecycle system chaincode, which 1.0 has no command for. */

const LENGTH_DELIMITED = 2;

interface Field {
  readonly number: number;
  readonly value: Buffer;
}

/** Reads a number in the encoding of protocol buffers. @returns the number, and the offset after it */
function varint(bytes: Buffer, start: number): readonly [value: number, next: number] {
  let value = 0;
  let factor = 1;
  let at = start;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, at + 1];
    factor *= 0x80;
  }
  return [value, at];
}

/** Returns the fields of a message that has texts and messages only. */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, afterTag] = varint(bytes, at);
    if (tag % 8 !== LENGTH_DELIMITED) break;
    const [length, begin] = varint(bytes, afterTag);
    at = begin + length;
    fields.push({ number: Math.floor(tag / 8), value: bytes.subarray(begin, at) });
  }
  return fields;
}

/**
 * Parses a `ChaincodeQueryResponse` (fabric/protos/peer/query.proto): its field 1 repeats a `ChaincodeInfo`, whose fields 1
 * and 2 are name and version.
 * @param hex as `peer chaincode query --hex` prints it
 */
export function chaincodesInAnswer(hex: string): { name: string; version: string }[] {
  return fieldsOf(Buffer.from(hex, 'hex')).map((chaincode) => {
    const info = fieldsOf(chaincode.value);
    const text = (number: number) => info.find((field) => field.number === number)?.value.toString() ?? '';
    return { name: text(1), version: text(2) };
  });
}
