using System.IO.Abstractions;

namespace Ledger.Testing;

/// <content>Listing entries.</content>
internal sealed partial class SimulatedDirectoryInfo
{
    private const string Everything = "*";

    public IEnumerable<IDirectoryInfo> EnumerateDirectories() => EnumerateDirectories(Everything);

    public IEnumerable<IDirectoryInfo> EnumerateDirectories(string searchPattern) =>
        EnumerateDirectories(searchPattern, SearchOption.TopDirectoryOnly);

    public IEnumerable<IDirectoryInfo> EnumerateDirectories(string searchPattern, SearchOption searchOption) =>
        EnumerateDirectories(searchPattern, EntrySearch.Compatible(searchOption));

    public IEnumerable<IDirectoryInfo> EnumerateDirectories(
        string searchPattern, EnumerationOptions enumerationOptions) =>
        Infos<IDirectoryInfo>(searchPattern, enumerationOptions, EntryKinds.Directories);

    public IDirectoryInfo[] GetDirectories() => [.. EnumerateDirectories()];

    public IDirectoryInfo[] GetDirectories(string searchPattern) => [.. EnumerateDirectories(searchPattern)];

    public IDirectoryInfo[] GetDirectories(string searchPattern, SearchOption searchOption) =>
        [.. EnumerateDirectories(searchPattern, searchOption)];

    public IDirectoryInfo[] GetDirectories(string searchPattern, EnumerationOptions enumerationOptions) =>
        [.. EnumerateDirectories(searchPattern, enumerationOptions)];

    public IEnumerable<IFileInfo> EnumerateFiles() => EnumerateFiles(Everything);

    public IEnumerable<IFileInfo> EnumerateFiles(string searchPattern) =>
        EnumerateFiles(searchPattern, SearchOption.TopDirectoryOnly);

    public IEnumerable<IFileInfo> EnumerateFiles(string searchPattern, SearchOption searchOption) =>
        EnumerateFiles(searchPattern, EntrySearch.Compatible(searchOption));

    public IEnumerable<IFileInfo> EnumerateFiles(string searchPattern, EnumerationOptions enumerationOptions) =>
        Infos<IFileInfo>(searchPattern, enumerationOptions, EntryKinds.Files);

    public IFileInfo[] GetFiles() => [.. EnumerateFiles()];

    public IFileInfo[] GetFiles(string searchPattern) => [.. EnumerateFiles(searchPattern)];

    public IFileInfo[] GetFiles(string searchPattern, SearchOption searchOption) =>
        [.. EnumerateFiles(searchPattern, searchOption)];

    public IFileInfo[] GetFiles(string searchPattern, EnumerationOptions enumerationOptions) =>
        [.. EnumerateFiles(searchPattern, enumerationOptions)];

    public IEnumerable<IFileSystemInfo> EnumerateFileSystemInfos() => EnumerateFileSystemInfos(Everything);

    public IEnumerable<IFileSystemInfo> EnumerateFileSystemInfos(string searchPattern) =>
        EnumerateFileSystemInfos(searchPattern, SearchOption.TopDirectoryOnly);

    public IEnumerable<IFileSystemInfo> EnumerateFileSystemInfos(string searchPattern, SearchOption searchOption) =>
        EnumerateFileSystemInfos(searchPattern, EntrySearch.Compatible(searchOption));

    public IEnumerable<IFileSystemInfo> EnumerateFileSystemInfos(
        string searchPattern, EnumerationOptions enumerationOptions) =>
        Infos<IFileSystemInfo>(searchPattern, enumerationOptions, EntryKinds.Both);

    public IFileSystemInfo[] GetFileSystemInfos() => [.. EnumerateFileSystemInfos()];

    public IFileSystemInfo[] GetFileSystemInfos(string searchPattern) => [.. EnumerateFileSystemInfos(searchPattern)];

    public IFileSystemInfo[] GetFileSystemInfos(string searchPattern, SearchOption searchOption) =>
        [.. EnumerateFileSystemInfos(searchPattern, searchOption)];

    public IFileSystemInfo[] GetFileSystemInfos(string searchPattern, EnumerationOptions enumerationOptions) =>
        [.. EnumerateFileSystemInfos(searchPattern, enumerationOptions)];

    private IEnumerable<T> Infos<T>(string pattern, EnumerationOptions options, EntryKinds kinds)
        where T : IFileSystemInfo =>
        new EntrySearch(Simulated, FullName, pattern, options, kinds).Run().Select(Info).Cast<T>();

    private SimulatedEntryInfo Info(FoundEntry found) => found.IsDirectory
        ? new SimulatedDirectoryInfo(Simulated, found.Path)
        : new SimulatedFileInfo(Simulated, found.Path);
}
