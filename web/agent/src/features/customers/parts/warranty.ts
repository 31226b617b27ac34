import type { Product } from '@api'

/** Whether a product is under warranty on the reader's day; the last day counts. */
export function warrantyOf(
  product: Pick<Product, 'warranty_until'>,
  today: Date,
): 'inWarranty' | 'outOfWarranty' {
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
  return (product.warranty_until ?? '') >= day ? 'inWarranty' : 'outOfWarranty'
}
