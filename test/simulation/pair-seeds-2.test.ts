import { holdPairSeeds } from './hold-seeds.ts'

holdPairSeeds(2)
