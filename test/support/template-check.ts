import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, Resource, SpecDatabase, TypeDefinition } from '@aws-cdk/service-spec-types';

/**
 * Checks a CloudFormation template without a network against the published resource types: unknown types and properties,
 * missing required ones, wrong kinds of value, references to nothing. What a service checks for itself (key schema, IAM content) is not here.
 */
export interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>>;
}

type Fault = string;
const specs: SpecDatabase = loadAwsServiceSpecSync();

export function checkTemplate(template: Template): Fault[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const spec = specOf(Type);
    const faults = spec ? checkProperties(Properties, spec, id) : [`${id}: there is no type ${Type}`];
    return [...faults, ...checkReferences(Properties, id, template)];
  });
}

function specOf(type: string): Resource | undefined {
  return specs.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

function checkProperties(value: Readonly<Record<string, unknown>>, spec: Resource | TypeDefinition, at: string): Fault[] {
  const known = Object.entries(value).flatMap(([name, part]) => {
    const property = spec.properties[name];
    return property ? checkValue(part, property.type, `${at}.${name}`) : [`${at}.${name}: not a property`];
  });
  const missing = Object.entries(spec.properties).flatMap(([name, property]) =>
    property.required && !(name in value) ? [`${at}.${name}: required`] : [],
  );
  return [...known, ...missing];
}

function checkValue(value: unknown, type: PropertyType, at: string): Fault[] {
  if (isIntrinsic(value)) return [];
  const unless = (fits: boolean): Fault[] => (fits ? [] : [`${at}: expected ${type.type}, found ${JSON.stringify(value)}`]);
  switch (type.type) {
    case 'string':
    case 'date-time':
      return unless(typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean');
    case 'integer':
      return unless(Number.isInteger(Number(value)));
    case 'number':
      return unless(!Number.isNaN(Number(value)));
    case 'boolean':
      return unless(value === true || value === false || value === 'true' || value === 'false');
    case 'array':
      return Array.isArray(value) ? value.flatMap((item, index) => checkValue(item, type.element, `${at}[${index}]`)) : unless(false);
    case 'map':
      return isRecord(value)
        ? Object.entries(value).flatMap(([name, item]) => checkValue(item, type.element, `${at}.${name}`))
        : unless(false);
    case 'ref':
      return isRecord(value) ? checkProperties(value, specs.get('typeDefinition', type.reference.$ref), at) : unless(false);
    case 'union': {
      const attempts = type.types.map((choice) => checkValue(value, choice, at));
      return attempts.find((faults) => faults.length === 0) ?? attempts[0] ?? [];
    }
    case 'tag':
      return unless(isRecord(value) && 'Key' in value && 'Value' in value);
    case 'json':
    case 'null':
      return [];
  }
}

/** Every Ref and GetAtt, wherever it is, must name something of this template that has that attribute. */
function checkReferences(value: unknown, at: string, template: Template): Fault[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => checkReferences(item, `${at}[${index}]`, template));
  if (!isRecord(value)) return [];
  const { Ref: ref, 'Fn::GetAtt': getAtt } = value;
  if (typeof ref === 'string') {
    const found = ref.startsWith('AWS::') || ref in template.Resources || ref in (template.Parameters ?? {});
    return found ? [] : [`${at}: Ref to ${ref}, which is not there`];
  }
  if (getAtt !== undefined) {
    const [id = '', ...path] = typeof getAtt === 'string' ? getAtt.split('.') : Array.isArray(getAtt) ? getAtt.map(String) : [];
    const target = template.Resources[id];
    if (!target) return [`${at}: GetAtt of ${id}, which is not there`];
    const spec = specOf(target.Type);
    const attribute = path.join('.');
    return !spec || attribute in spec.attributes || attribute in spec.properties
      ? []
      : [`${at}: ${target.Type} has no attribute ${attribute}`];
  }
  return Object.entries(value).flatMap(([name, item]) => checkReferences(item, `${at}.${name}`, template));
}

function isIntrinsic(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && /^(Ref|Condition|Fn::\w+)$/.test(names[0] ?? '');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
