import { holdPairSeeds } from './hold-seeds.ts'

holdPairSeeds(1)
