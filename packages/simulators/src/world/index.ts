export { cases as worldCases, type CaseName as WorldCaseName, type CaseText as WorldCaseText, type WorldKind } from './cases.ts';
export { editWorld, type EditOptions, type LedgerLine } from './edit.ts';
export type { OroContactSeed, OroEventSeed, OroOccurrence, OroTaskSeed, Place as WorldPlace } from './entries.ts';
export { generateWorld, mailboxOf, oroUserOf, type CaseAt, type GeneratedWorld, type GraphWorldSeed, type OroWorldSeed, type WorldNotes, type WorldOptions } from './generate.ts';
export type { BareMarker, GraphBody, GraphContactSeed, GraphEventSeed, GraphTaskSeed } from './outlook-items.ts';
export { plantWorld, type PlantedPerson } from './plant.ts';
