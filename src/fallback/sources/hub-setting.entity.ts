import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A persistent setting of this hub. */
@Entity('hub_settings')
export class HubSetting {
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_hub_settings' })
  key: string;

  @Column('text')
  value: string;
}
