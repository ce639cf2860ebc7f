/** What an administrator, the installation or the network may have set differently. */
export interface OroSwitches {
  /** System > Configuration > "Enable API". Off in a fresh installation of the service; here on, as after setting up. */
  readonly webApiEnabled: boolean;
  /** The workflow `task_flow`, active after installation. Use `admin.setSwitch`: switching it off deletes all items. */
  readonly workflowActive: boolean;
  /** User name and API key; gone from 6.1. */
  readonly wsse: boolean;
  /** The data audit; off: nothing is recorded. */
  readonly audit: boolean;
  /** Whether a message-queue consumer runs. Off: batches stay `new` and the audit log grows only by `runConsumer()`. */
  readonly consumer: boolean;
  /** How late the consumer is, in ms of the injected clock (1.7 to 11 s were seen for the audit log). */
  readonly consumerDelayMs: number;
  /** `oro_locale.timezone`. */
  readonly timezone: string;
  /** Not OroCRM's own: a customisation that collapses runs of white space in names, titles and texts it stores. */
  readonly trimText: boolean;
  /** Not OroCRM's own: a customisation that rewrites phone numbers to digits with a leading plus kept. */
  readonly reformatPhones: boolean;
  /** Not OroCRM's own: a customisation that keeps the times of events and the due times of tasks in whole minutes. */
  readonly roundTimes: boolean;
  /** Not the API's own: a customisation that stores descriptions as HTML, as the editor of the back office does. */
  readonly htmlNotes: boolean;
}

/** OroCRM 5.1.8 as observed, with the API switched on. */
export const defaultSwitches: OroSwitches = {
  webApiEnabled: true,
  workflowActive: true,
  wsse: true,
  audit: true,
  consumer: true,
  consumerDelayMs: 2_000,
  timezone: 'UTC',
  trimText: false,
  reformatPhones: false,
  roundTimes: false,
  htmlNotes: false,
};
