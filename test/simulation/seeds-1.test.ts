import { holdSeeds } from './hold-seeds.ts'

holdSeeds(1)
