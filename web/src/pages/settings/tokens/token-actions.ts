import type { Schemas } from '@/api/client';

export type Token = Schemas['TokenDto'];
export type NewToken = Schemas['NewTokenDto'];
export type TokenRequest = Schemas['CreateTokenDto'];

/** The requests for the tokens of one account. */
export interface TokenActions {
  readonly create: (body: TokenRequest) => Promise<NewToken>;
  readonly rotate: (id: string) => Promise<NewToken>;
  readonly revoke: (id: string) => Promise<unknown>;
}
