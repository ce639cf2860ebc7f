import type { Counters, RecordCounts } from './simulator.ts';

/** The writable side of `Counters`. */
export class Counting implements Counters {
  total = 0;
  requests: Record<string, number> = {};
  records: Record<string, RecordCounts> = {};

  request(template: string): void {
    this.total += 1;
    this.requests[template] = (this.requests[template] ?? 0) + 1;
  }

  record(kind: string, what: keyof RecordCounts): void {
    const counts = (this.records[kind] ??= { created: 0, updated: 0, deleted: 0 });
    counts[what] += 1;
  }

  reset(): void {
    this.total = 0;
    this.requests = {};
    this.records = {};
  }
}
