import { API_GATEWAY } from "./api-gateway";
import { CERTIFICATES_AND_RECORDS } from "./certificates";
import { CONTAINERS } from "./containers";
import { EC2_ENDPOINTS } from "./ec2-endpoints";
import { EC2_FLEET } from "./ec2-fleet";
import { EC2_NETWORK } from "./ec2-network";
import { EC2_TRANSIT } from "./ec2-transit";
import { FUNCTIONS_AND_SCHEDULES } from "./functions";
import { IDENTITY } from "./identity";
import { IMAGES } from "./images";
import { KEYS_AND_SECRETS } from "./keys-and-secrets";
import { LATTICE } from "./lattice";
import { LOAD_BALANCER } from "./load-balancer";
import { LOGIN_RULES } from "./login-rules";
import { LOGS_AND_ALARMS } from "./logs-and-alarms";
import { SHARING } from "./sharing";
import { STORAGE } from "./storage";
import type { ActionTable } from "./table";
import { WEB_FIREWALL } from "./web-firewall";

/**
 * What every type of AWS that a stack makes or reads needs. Actions are from the Service Authorization Reference; which of them a type
 * needs, from the calls of Terraform's AWS provider.
 */
export const ACTIONS: ActionTable = {
  ...API_GATEWAY,
  ...CERTIFICATES_AND_RECORDS,
  ...CONTAINERS,
  ...EC2_ENDPOINTS,
  ...EC2_FLEET,
  ...EC2_NETWORK,
  ...EC2_TRANSIT,
  ...FUNCTIONS_AND_SCHEDULES,
  ...IDENTITY,
  ...IMAGES,
  ...KEYS_AND_SECRETS,
  ...LATTICE,
  ...LOAD_BALANCER,
  ...LOGIN_RULES,
  ...LOGS_AND_ALARMS,
  ...SHARING,
  ...STORAGE,
  ...WEB_FIREWALL,
};
