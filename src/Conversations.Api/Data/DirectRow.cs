namespace Conversations.Api.Data;

/// <summary>A row of a <see cref="DirectQuery{TResult}"/> that selects more than the row.</summary>
/// <param name="Extra">What the query selects beside the row, for example the key of the previous page.</param>
public sealed record DirectRow<TRow, TExtra>(TRow Row, TExtra Extra);
