export { addressParts, canonicalEmail, canonicalPhone, property, sameJson, tooLong } from '@syncline/core';
export type { Address, Contact, EntityLens, Event, FieldLens, Json, Kind, Last, Task, View } from '@syncline/core';
export { defineConnector } from './connector.ts';
export type { Account, Caps, ConfigResult, ConfigSchema, Connector, Context, Entity, Page, PersonSignIn, PullRequest, Secrets, SignInStep, Write, Written } from './connector.ts';
export { Failure, type FailureKind } from './failure.ts';
export { isPresent, type Absent, type Mark, type Present, type Seen, type Traits } from './record.ts';
