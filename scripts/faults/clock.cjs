/** Shifts the clock of the program by CLOCK_OFFSET_DAYS. It is loaded with `node --require`. */
const OFFSET_MS = Number(process.env.CLOCK_OFFSET_DAYS) * 24 * 60 * 60 * 1000;
const TrueDate = Date;

class ShiftedDate extends TrueDate {
  constructor(...args) {
    if (args.length === 0) super(TrueDate.now() + OFFSET_MS);
    else super(...args);
  }

  static now() {
    return TrueDate.now() + OFFSET_MS;
  }
}

globalThis.Date = ShiftedDate;
