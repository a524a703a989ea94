import { Module } from '@nestjs/common';
import { ReservedNames } from './reserved-names.service.js';

/** Reserved names. A separate module, because both fallback and users need them. */
@Module({ providers: [ReservedNames], exports: [ReservedNames] })
export class ReservedNamesModule {}
