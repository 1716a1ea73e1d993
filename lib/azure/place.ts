/** Where something of Azure is made. */
export interface AzurePlace {
  readonly resourceGroupName: string;
  readonly location: string;
}
