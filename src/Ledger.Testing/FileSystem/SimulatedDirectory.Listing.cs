using System.IO.Abstractions;

namespace Ledger.Testing;

/// <content>Listing entries.</content>
internal sealed partial class SimulatedDirectory
{
    private const string Everything = "*";

    public IEnumerable<string> EnumerateDirectories(string path) => EnumerateDirectories(path, Everything);

    public IEnumerable<string> EnumerateDirectories(string path, string searchPattern) =>
        EnumerateDirectories(path, searchPattern, SearchOption.TopDirectoryOnly);

    public IEnumerable<string> EnumerateDirectories(string path, string searchPattern, SearchOption searchOption) =>
        EnumerateDirectories(path, searchPattern, EntrySearch.Compatible(searchOption));

    public IEnumerable<string> EnumerateDirectories(
        string path, string searchPattern, EnumerationOptions enumerationOptions) =>
        Paths(path, searchPattern, enumerationOptions, EntryKinds.Directories);

    public string[] GetDirectories(string path) => [.. EnumerateDirectories(path)];

    public string[] GetDirectories(string path, string searchPattern) => [.. EnumerateDirectories(path, searchPattern)];

    public string[] GetDirectories(string path, string searchPattern, SearchOption searchOption) =>
        [.. EnumerateDirectories(path, searchPattern, searchOption)];

    public string[] GetDirectories(string path, string searchPattern, EnumerationOptions enumerationOptions) =>
        [.. EnumerateDirectories(path, searchPattern, enumerationOptions)];

    public IEnumerable<string> EnumerateFiles(string path) => EnumerateFiles(path, Everything);

    public IEnumerable<string> EnumerateFiles(string path, string searchPattern) =>
        EnumerateFiles(path, searchPattern, SearchOption.TopDirectoryOnly);

    public IEnumerable<string> EnumerateFiles(string path, string searchPattern, SearchOption searchOption) =>
        EnumerateFiles(path, searchPattern, EntrySearch.Compatible(searchOption));

    public IEnumerable<string> EnumerateFiles(
        string path, string searchPattern, EnumerationOptions enumerationOptions) =>
        Paths(path, searchPattern, enumerationOptions, EntryKinds.Files);

    public string[] GetFiles(string path) => [.. EnumerateFiles(path)];

    public string[] GetFiles(string path, string searchPattern) => [.. EnumerateFiles(path, searchPattern)];

    public string[] GetFiles(string path, string searchPattern, SearchOption searchOption) =>
        [.. EnumerateFiles(path, searchPattern, searchOption)];

    public string[] GetFiles(string path, string searchPattern, EnumerationOptions enumerationOptions) =>
        [.. EnumerateFiles(path, searchPattern, enumerationOptions)];

    public IEnumerable<string> EnumerateFileSystemEntries(string path) => EnumerateFileSystemEntries(path, Everything);

    public IEnumerable<string> EnumerateFileSystemEntries(string path, string searchPattern) =>
        EnumerateFileSystemEntries(path, searchPattern, SearchOption.TopDirectoryOnly);

    public IEnumerable<string> EnumerateFileSystemEntries(
        string path, string searchPattern, SearchOption searchOption) =>
        EnumerateFileSystemEntries(path, searchPattern, EntrySearch.Compatible(searchOption));

    public IEnumerable<string> EnumerateFileSystemEntries(
        string path, string searchPattern, EnumerationOptions enumerationOptions) =>
        Paths(path, searchPattern, enumerationOptions, EntryKinds.Both);

    public string[] GetFileSystemEntries(string path) => [.. EnumerateFileSystemEntries(path)];

    public string[] GetFileSystemEntries(string path, string searchPattern) =>
        [.. EnumerateFileSystemEntries(path, searchPattern)];

    private IEnumerable<string> Paths(string path, string pattern, EnumerationOptions options, EntryKinds kinds) =>
        new EntrySearch(fileSystem, path, pattern, options, kinds).Run().Select(found => found.Path);
}
