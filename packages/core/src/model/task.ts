import { date, text, word, type ValuesOf } from './field.ts';

/** The mapped fields of a task (specification, sections 3.2 and 3.8). A due date is a calendar date in the user's zone (M28). */
export const task = {
  subject: text('subject'),
  priority: word<'low' | 'normal' | 'high'>('priority'),
  dueDate: date('dueDate'),
  status: word<'open' | 'in_progress' | 'closed'>('status'),
};

/** A task's values; in a view each of them may be absent. */
export type Task = ValuesOf<typeof task>;
