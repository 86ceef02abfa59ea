using System.Globalization;
using Conversations.Api.Errors;
using FluentValidation;

namespace Conversations.Api.Wire;

/// <summary>The query parameters of every list.</summary>
public record PageRequest
{
    /// <summary>
    /// How many resources to return in each list page. The default is 50. A value above 1000 is reduced to 1000.
    /// </summary>
    [Documented(Type = "integer")]
    public virtual string? PageSize { get; init; }

    /// <summary>The page index. This value is simply for client state.</summary>
    [Documented(Type = "integer")]
    public string? Page { get; init; }

    /// <summary>The page token. This is provided by the API.</summary>
    public string? PageToken { get; init; }

    internal int Size =>
        PageSize.NullIfEmpty() is not { } text ? DefaultSize
        : int.TryParse(text, CultureInfo.InvariantCulture, out var size) ? Math.Min(size, MaxSize)
        : MaxSize;

    internal int Index => Page.NullIfEmpty() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>The highest number of rows in a page.</summary>
    protected virtual int MaxSize => 1000;

    /// <summary>The number of rows in a page when PageSize is not given.</summary>
    protected virtual int DefaultSize => 50;

    /// <summary>The list's own filters in the order of the page URLs.</summary>
    protected internal virtual IEnumerable<(string Name, string? Value)> Filters => [];
}

public abstract class PageRules<T> : AbstractValidator<T>
    where T : PageRequest
{
    // More than any token has.
    private const int MaxTokenLength = 256;

    protected PageRules()
    {
        ClassLevelCascadeMode = CascadeMode.Stop;

        // A number beyond int is a size above the maximum. It is reduced, not rejected: libraries send any limit as
        // page size.
        RuleFor(q => q.PageSize)
            .Must(text =>
                text.NullIfEmpty() is null || (text!.All(char.IsAsciiDigit) && text!.Any(digit => digit != '0'))
            )
            .WithError(TwilioErrors.InvalidPageSize);
        RuleFor(q => q.Page)
            .Must(text =>
                text.NullIfEmpty() is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
            .WithError(TwilioErrors.InvalidPage);
        RuleFor(q => q.PageToken).AtMost(MaxTokenLength, TwilioErrors.InvalidPageToken);
    }
}

public sealed class PageRequestRules : PageRules<PageRequest>;
