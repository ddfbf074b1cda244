/** What the log screen filters by. It outlives the screen. */
import type { LogLevel } from '../pipeline/network/log-line.ts';

/** What the user has entered; empty texts filter nothing. */
export interface LogQuery {
  readonly grep: string;
  readonly exclude: string;
  readonly since: string;
}

/** The filters of a query. */
export interface QueryFilters {
  readonly grep?: RegExp;
  readonly exclude?: RegExp;
  readonly since?: number;
}

export interface LogsState {
  /** The lowest level to show. */
  readonly level: LogLevel;
  readonly query: LogQuery;
  readonly filters: QueryFilters;
}

export const initialLogsState: LogsState = {
  level: 'debug',
  query: { grep: '', exclude: '', since: '' },
  filters: {},
};
