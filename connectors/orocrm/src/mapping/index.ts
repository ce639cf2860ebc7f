export { blankContact, contactLens } from './contact.ts';
export { blankEvent, eventLens } from './event.ts';
export { blankTask, taskLens } from './task.ts';
