using Conversations.Api.Wire;

namespace Conversations.Api.Receipts;

/// <summary>The query of the list of receipts.</summary>
public sealed record ReceiptQuery : PageRequest
{
    /// <summary>
    /// How many resources to return in each list page. The default is 50. A value above 50 is reduced to 50.
    /// </summary>
    [Documented(Type = "integer")]
    public override string? PageSize { get; init; }

    // The official document is the only source of this maximum.
    protected override int MaxSize => 50;
}

public sealed class ReceiptQueryRules : PageRules<ReceiptQuery>;
