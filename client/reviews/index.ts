export { OfficerReviews, type ReviewPage, type Reviewed, type ShownReview } from './officer-reviews.ts';
