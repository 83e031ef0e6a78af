/** Column of an audit's result that holds a measure of the check of an index. */
export const measureColumn = (index: number, name: string): string => `c${index}_${name}`;
