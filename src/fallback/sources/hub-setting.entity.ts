import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A fact about this hub that outlives restarts. */
@Entity('hub_settings')
export class HubSetting {
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_hub_settings' })
  key: string;

  @Column('text')
  value: string;
}
