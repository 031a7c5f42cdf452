import { declareConformanceTests } from 'hookproof/playwright'
declareConformanceTests()
