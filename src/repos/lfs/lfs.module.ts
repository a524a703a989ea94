import { Module } from '@nestjs/common';
import { LocalStoreModule } from '../store/local-store.module.js';

/** Large files over the LFS protocol: how they come in and go out. `LfsObjectsService` lies in the store, which takes them too. */
@Module({
  imports: [LocalStoreModule],
  exports: [LocalStoreModule],
})
export class LfsModule {}
