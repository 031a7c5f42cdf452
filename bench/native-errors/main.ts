/** `npm run native-errors`: writes what the reference's platform says at each refusal. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../harness/package-root.ts'
import { startWorkbench } from '../../harness/run/tool-session.ts'
import { refusalsFile, refusalsOfReference } from './refusals.ts'

await using workbench = await startWorkbench({})
writeFileSync(
  join(packageRoot, 'fixtures/dispatchers/reference/native-errors.yaml'),
  refusalsFile(await refusalsOfReference(workbench)),
)
