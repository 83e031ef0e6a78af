import type { ErrorDetails } from '../../../common/errors.ts';
import type { ManifestPart } from './manifest.ts';

/** What a thread that writes tells: each day that it begins, and at the end its part or what went wrong. */
export type PartMessage = { readonly day: string } | { readonly part: ManifestPart } | { readonly error: ErrorDetails };
