using System.Reflection;

namespace Conversations.Api.Data;

/// <summary>
/// Counts the text of a page. A page ends when it has 1,048,576 characters, JSON not counted, even with fewer rows than
/// PageSize, so that a thousand rows with the longest attributes don't fill the server's memory.
/// </summary>
public sealed class PageText<T>
{
    private const int Max = 1 << 20;

    private static readonly Func<T, string?>[] Texts = [.. Getters<string?>()];

    private static readonly Func<T, IReadOnlyList<string>?>[] Lists = [.. Getters<IReadOnlyList<string>?>()];

    private int length;

    public bool IsFull => length >= Max;

    public void Add(T row)
    {
        foreach (var text in Texts)
        {
            length += text(row)?.Length ?? 0;
        }

        foreach (var list in Lists)
        {
            length += list(row)?.Sum(text => text.Length) ?? 0;
        }
    }

    private static IEnumerable<Func<T, TValue>> Getters<TValue>() =>
        typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType == typeof(TValue))
            .Select(property => property.GetMethod!.CreateDelegate<Func<T, TValue>>());
}
