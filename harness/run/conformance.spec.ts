import { declareConformanceTests } from './conformance.ts'

declareConformanceTests()
